'use client'
import { Download } from 'lucide-react'
import type { ReactNode } from 'react'
import { Button } from '@/components/ui/button'

/** Saves text that the page itself makes. */
export function DownloadButton(props: { fileName: string; content: () => string; children: ReactNode }) {
  const save = () => {
    const url = URL.createObjectURL(new Blob([props.content()], { type: 'text/markdown;charset=utf-8' }))
    const link = document.createElement('a')
    link.href = url
    link.download = props.fileName
    link.click()
    URL.revokeObjectURL(url)
  }
  return (
    <Button size="small" onClick={save}>
      <Download aria-hidden="true" />
      {props.children}
    </Button>
  )
}
