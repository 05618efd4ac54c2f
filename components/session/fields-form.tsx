'use client'
import { zodResolver } from '@hookform/resolvers/zod'
import { useMutation } from '@tanstack/react-query'
import { type DefaultValues, type FieldValues, type Path, type UseFormReturn, useForm } from 'react-hook-form'
import type { ZodType } from 'zod'
import { toProblem } from '@/components/data/api-client'
import { ProblemNotice } from '@/components/session/problem-notice'
import { Button } from '@/components/ui/button'
import { SelectField, TextField } from '@/components/ui/field'
import { useInBrowser } from '@/components/ui/use-in-browser'

export type FieldOf<Input extends FieldValues> = {
  readonly name: Path<Input>
  readonly label: string
  /** What to put in; for a choice, what the chosen one means. */
  readonly hint?: string | ((value: string) => string)
  readonly type?: 'email' | 'password'
  readonly autoComplete?: string
  readonly mono?: boolean
  /** A choice of these instead of a text. */
  readonly options?: readonly string[]
}

/** What a form begins with. An empty field is left to the browser: what was typed or filled in there before the script came stays. */
const withoutEmpty = <Input extends FieldValues>(start: DefaultValues<Input>) =>
  Object.fromEntries(Object.entries(start).filter(([, value]) => value !== '')) as DefaultValues<Input>

/**
 * A form that people are entered with: its fields checked by the verb's own schema, each sentence beside its field, any other
 * one above the button, and what was done below it. Until the script has come it can't be sent: the browser would do it by itself,
 * with the password in the address.
 */
export function FieldsForm<Input extends FieldValues, Answer>(props: {
  schema: ZodType<Input, Input>
  start: DefaultValues<Input>
  fields: readonly FieldOf<Input>[]
  submit: string
  send: (input: Input) => Promise<Answer>
  /** Empty fields again, and this sentence; left out where the page is left. */
  done?: (answer: Answer) => string
  onDone?: (answer: Answer) => void
  /** Which field to begin again at when the answer was no. */
  retryAt?: Path<Input>
}) {
  const isInBrowser = useInBrowser()
  const form = useForm<Input>({
    resolver: zodResolver(props.schema),
    defaultValues: withoutEmpty(props.start),
  })
  const sent = useMutation({
    mutationFn: props.send,
    onSuccess: (answer) => {
      if (props.done) form.reset(props.start)
      props.onDone?.(answer)
    },
    onError: (error) => {
      if (!showFieldErrors(error, props.fields, form) && props.retryAt) form.setFocus(props.retryAt)
    },
  })
  const isSaidAtField = props.fields.some(({ name }) => toProblem(sent.error).fields?.[name])
  return (
    <form
      noValidate
      method="post"
      className="grid grid-cols-1 gap-4"
      onSubmit={form.handleSubmit((input) => sent.mutate(input))}
    >
      {props.fields.map((field) => (
        <FormField key={field.name} field={field} form={form} />
      ))}
      {isSaidAtField ? null : <ProblemNotice error={sent.error} />}
      <Button
        type="submit"
        kind="primary"
        disabled={!isInBrowser}
        busy={sent.isPending || (sent.isSuccess && !props.done)}
      >
        {props.submit}
      </Button>
      <p role="status" className="text-ok text-sm empty:hidden">
        {sent.data !== undefined && props.done ? props.done(sent.data) : ''}
      </p>
    </form>
  )
}

function FormField<Input extends FieldValues>(props: { field: FieldOf<Input>; form: UseFormReturn<Input> }) {
  const { field, form } = props
  const { name, label, hint, options, ...control } = field
  const frame = {
    label,
    hint: typeof hint === 'function' ? hint(form.watch(name)) : hint,
    error: form.getFieldState(name, form.formState).error?.message,
  }
  if (!options) return <TextField {...control} {...frame} {...form.register(name)} />
  return (
    <SelectField {...frame} {...form.register(name)}>
      {options.map((option) => (
        <option key={option}>{option}</option>
      ))}
    </SelectField>
  )
}

/** The sentences of INVALID_INPUT beside their fields, the first of which gets the focus; whether there was one. */
function showFieldErrors<Input extends FieldValues>(
  error: unknown,
  fields: readonly FieldOf<Input>[],
  form: UseFormReturn<Input>,
): boolean {
  const sentences = toProblem(error).fields ?? {}
  const known = fields.filter(({ name }) => sentences[name])
  for (const { name } of known)
    form.setError(name, { message: sentences[name] ?? '' }, { shouldFocus: name === known[0]?.name })
  return known.length > 0
}
