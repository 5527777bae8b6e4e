import { render } from '@testing-library/react'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { listenForHotkeys, singleKeys, useHotkey } from './hotkeys'

function Keys({ keys, run }: { keys: string; run: () => void }) {
  useHotkey(keys, 'a label', run)
  return <input aria-label="text" />
}

const press = (init: KeyboardEventInit, target: EventTarget = document.body) =>
  target.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true, cancelable: true, ...init }))

describe('hotkeys', () => {
  beforeEach(() => {
    const stop = listenForHotkeys()
    singleKeys.set(true)
    return stop
  })

  it('run for a key, a combination and a sequence', () => {
    const [slash, palette, home] = [vi.fn(), vi.fn(), vi.fn()]
    render(
      <>
        <Keys keys="/" run={slash} />
        <Keys keys="mod+k" run={palette} />
        <Keys keys="g h" run={home} />
      </>,
    )
    press({ key: '/' })
    press({ key: 'k', ctrlKey: true })
    press({ key: 'k', metaKey: true })
    press({ key: 'g' })
    press({ key: 'h' })
    press({ key: 'h' })
    expect([slash, palette, home].map(f => f.mock.calls.length)).toEqual([1, 2, 1])
  })

  it('leave typing alone, but for those with Ctrl', () => {
    const [slash, palette] = [vi.fn(), vi.fn()]
    const { getAllByLabelText } = render(
      <>
        <Keys keys="/" run={slash} />
        <Keys keys="mod+k" run={palette} />
      </>,
    )
    const input = getAllByLabelText('text')[0] as HTMLElement
    press({ key: '/' }, input)
    press({ key: 'k', ctrlKey: true }, input)
    expect(slash).not.toHaveBeenCalled()
    expect(palette).toHaveBeenCalledOnce()
  })

  it('of single characters can be turned off', () => {
    const slash = vi.fn()
    render(<Keys keys="/" run={slash} />)
    singleKeys.set(false)
    press({ key: '/' })
    expect(slash).not.toHaveBeenCalled()
  })

  it('end with what registered them', () => {
    const slash = vi.fn()
    render(<Keys keys="/" run={slash} />).unmount()
    press({ key: '/' })
    expect(slash).not.toHaveBeenCalled()
  })
})
