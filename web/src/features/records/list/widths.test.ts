import { act, renderHook } from '@testing-library/react'
import { expect, test, vi } from 'vitest'
import type { Field } from '@/api/types'
import { readWidths, useWidths, widthsOf, writeWidths } from './widths'

const field = (name: string) => ({ name, type: 'text' }) as Field

test('widths come back from the address, bounded and without what is not understood', () => {
  expect(readWidths(writeWidths({ name: 240, amount: 120 }))).toEqual({ name: 240, amount: 120 })
  expect(readWidths('name:9,amount:9999,<b>:100,stage:wide,:80')).toEqual({ name: 64, amount: 1200 })
  expect(widthsOf({ name: 240, gone: 120 }, [field('name'), field('stage')])).toEqual({ name: 240 })
})

test('the page hears of widths when the change is done, and others keep theirs', () => {
  const onChange = vi.fn()
  const { result } = renderHook(({ saved }) => useWidths(saved, onChange), { initialProps: { saved: {} } })
  act(() => result.current.begin({ name: 300, stage: 150 }))
  act(() => result.current.show('name', 310.4))
  act(() => result.current.show('name', 20))
  expect(onChange).not.toHaveBeenCalled()
  expect([result.current.of(field('name')), result.current.of(field('stage'))]).toEqual([64, 150])
  act(() => result.current.keep())
  expect(onChange).toHaveBeenCalledExactlyOnceWith({ name: 64, stage: 150 })
  act(() => result.current.forget('name'))
  expect(onChange).toHaveBeenLastCalledWith({ stage: 150 })
})
