import type { ReactNode } from 'react'
import { Logo } from '@/components/session/logo'
import { Card } from '@/components/ui/card'

/** The frame of the pages before sign-in. */
export function Entrance(props: { title: string; intro: ReactNode; children: ReactNode }) {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-[27rem] content-center gap-5 px-4 py-10">
      <p className="flex items-center gap-2.5 font-[650] text-lg tracking-[-0.01em]">
        <Logo />
        Understudy
      </p>
      <Card className="grid gap-5 p-5 sm:p-6">
        <div className="grid gap-1">
          <h1 className="font-[650] text-2xl tracking-[-0.018em]">{props.title}</h1>
          <p className="text-ink2">{props.intro}</p>
        </div>
        {props.children}
      </Card>
    </main>
  )
}
