import { type ClassValue, clsx } from 'clsx'

/** Joins class names. Two that contradict each other are never given together: the style sheet's order would decide. */
export function cn(...values: readonly ClassValue[]): string {
  return clsx(values)
}
