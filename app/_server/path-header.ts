/** A page does not know its own address; `proxy.ts` tells it, over whatever a browser sent under this name. */
export const pathHeader = 'x-understudy-path'
