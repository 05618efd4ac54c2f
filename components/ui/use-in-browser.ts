import { useSyncExternalStore } from 'react'

const neverChanges = () => () => undefined
const inBrowser = () => true
const onServer = () => false

/** False in what the server sends and until the page's script has taken it over. */
export const useInBrowser = (): boolean => useSyncExternalStore(neverChanges, inBrowser, onServer)
