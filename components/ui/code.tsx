'use client'
import { Check, Copy } from 'lucide-react'
import { useEffect, useState } from 'react'
import { Button } from '@/components/ui/button'
import { cn } from '@/components/ui/cn'

/** Exact text: wraps, never scrolls sideways, and is spoken as one block. */
export function Code({ children, className }: { children: string; className?: string }) {
  return (
    <code className={cn('block whitespace-pre-wrap font-mono text-ink2 text-xs leading-[1.55]', className)}>
      {children}
    </code>
  )
}

/** Copies `text`; says so where it was pressed. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const [copied, setCopied] = useState(false)
  useEffect(() => {
    if (!copied) return
    const timer = setTimeout(() => setCopied(false), 2000)
    return () => clearTimeout(timer)
  }, [copied])
  return (
    <Button
      kind="ghost"
      size="small"
      aria-label={copied ? 'Copied' : label}
      onClick={() => navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      {copied ? <Check aria-hidden="true" /> : <Copy aria-hidden="true" />}
    </Button>
  )
}
