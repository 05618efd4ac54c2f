'use client'
import { useQuery } from '@tanstack/react-query'
import { queries } from '@/components/data/queries'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Notice } from '@/components/ui/notice'

/** Profiles that can't be chosen because their file can't be used: without a word one would look for them in vain. */
export function ProfileProblems() {
  const { data, error } = useQuery(queries.profileProblems())
  if (error) return <ProblemNotice error={error} />
  return data?.map(({ file, profileId, sentences }) => (
    <Notice key={file} tone="warn" title={`The profile “${profileId}” can’t be used.`}>
      <ul className="ml-4 list-disc [overflow-wrap:anywhere]">
        {sentences.map((sentence) => (
          <li key={sentence}>{sentence}</li>
        ))}
      </ul>
      Mend or remove {file} and restart Understudy.
    </Notice>
  ))
}
