import { useEffect, useState } from 'react'
import type { Field } from '@/api/types'
import { widthOf } from './columnWidth'

/** Widths of columns that differ from what they have by themselves, in pixels. */
export type Widths = Record<string, number>

export const narrowest = 64
export const widest = 1200

const within = (width: number) => Math.round(Math.min(widest, Math.max(narrowest, width)))

/** `name:240,amount:120`, as the address says it; what is not understood is left out. */
export function readWidths(text: string): Widths {
  const pairs = text.split(',').map(pair => /^([a-z_][a-z0-9_.]*):(\d{1,4})$/.exec(pair))
  return Object.fromEntries(pairs.flatMap(pair => (pair?.[1] ? [[pair[1], within(Number(pair[2]))]] : [])))
}

export const writeWidths = (widths: Widths): string =>
  Object.entries(widths)
    .map(([name, width]) => `${name}:${width}`)
    .join(',')

/** The widths that are of columns which are shown. */
export const widthsOf = (widths: Widths, columns: Field[]): Widths =>
  Object.fromEntries(columns.flatMap(({ name }) => (widths[name] ? [[name, widths[name]]] : [])))

export type ColumnWidths = {
  of: (field: Field) => number
  /** Whether the columns have just the widths that were chosen, and do not share what is left. */
  fixed: boolean
  /** Begins with the widths that the columns have on the screen, so that none of them jumps. */
  begin: (measured: Widths) => void
  /** Shows a width; only `keep` tells the page. */
  show: (name: string, width: number) => void
  keep: () => void
  /** Gives a column, or with the last one all, the width that it has by itself. */
  forget: (name: string) => void
}

/** The widths while somebody changes them: the page hears of them when it is done. */
export function useWidths(saved: Widths, onChange: (widths: Widths) => void): ColumnWidths {
  const [drawn, setDrawn] = useState<Widths | null>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: what the page says anew holds
  useEffect(() => setDrawn(null), [saved])
  const shown = drawn ?? saved
  return {
    of: field => shown[field.name] ?? widthOf(field),
    fixed: Object.keys(shown).length > 0,
    begin: measured => setDrawn(now => ({ ...measured, ...(now ?? saved) })),
    show: (name, width) => setDrawn(now => ({ ...(now ?? saved), [name]: within(width) })),
    keep: () => drawn && onChange(drawn),
    forget: name => {
      const { [name]: _, ...rest } = shown
      onChange(rest)
    },
  }
}
