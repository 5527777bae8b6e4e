import { useEffect, useRef, useSyncExternalStore } from 'react'

/**
 * The keyboard shortcuts that are in force. Whatever is mounted registers its own, and
 * the help (?) lists them all, so that nothing is documented that does not exist.
 *
 * Keys are written as `mod+k` (Ctrl, or ⌘ on a Mac), `/`, `?`, `shift+a`, or as a
 * sequence: `g h`.
 */
export type Hotkey = {
  keys: string
  label: string
  /** Where it counts, for the help. */
  scope: 'general' | 'page'
  run: (event: KeyboardEvent) => void
}

let registered: Hotkey[] = []
const listeners = new Set<() => void>()

function change(next: Hotkey[]): void {
  registered = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Every shortcut in force. */
export function useHotkeyList(): Hotkey[] {
  return useSyncExternalStore(subscribe, () => registered)
}

/** Puts a shortcut in force while the component is there. The last one registered for its keys wins. */
export function useHotkey(
  keys: string | undefined,
  label: string,
  run: (event: KeyboardEvent) => void,
  scope: Hotkey['scope'] = 'page',
): void {
  const latest = useRef(run)
  latest.current = run
  useEffect(() => {
    if (!keys) return
    const own: Hotkey = { keys, label, scope, run: event => latest.current(event) }
    change([...registered, own])
    return () => change(registered.filter(other => other !== own))
  }, [keys, label, scope])
}

const turnedOff = 'remit-single-keys-off'

/** Shortcuts of a single character can be turned off (WCAG 2.2, 2.1.4). */
export const singleKeys = {
  on: () => localStorage.getItem(turnedOff) === null,
  set(on: boolean) {
    if (on) localStorage.removeItem(turnedOff)
    else localStorage.setItem(turnedOff, '1')
    change([...registered])
  },
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore(subscribe, singleKeys.on)
}

const editing = (target: EventTarget | null) =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.closest('input, textarea, select, [role="dialog"], [role="listbox"]') !== null)

/** The name of what was pressed, in the way that shortcuts are written. */
export function pressed(event: KeyboardEvent): string {
  const key = event.key.toLowerCase()
  const parts = [event.ctrlKey || event.metaKey ? 'mod' : '', event.altKey ? 'alt' : '']
  if (event.shiftKey && (key.length > 1 || /[a-z]/.test(key))) parts.push('shift')
  return [...parts.filter(Boolean), key].join('+')
}

const patience = 1200 // milliseconds between the keys of a sequence

/** Listens on the document until the returned function is called. */
export function listenForHotkeys(): () => void {
  let begun = ''
  let timer = 0
  const forget = () => {
    begun = ''
    window.clearTimeout(timer)
  }
  const onKey = (event: KeyboardEvent) => {
    if (event.defaultPrevented || event.isComposing || ['Control', 'Meta', 'Alt', 'Shift'].includes(event.key)) return
    const key = pressed(event)
    const plain = !key.startsWith('mod') && !key.startsWith('alt')
    if (plain && (editing(event.target) || !singleKeys.on())) return
    const wanted = begun ? `${begun} ${key}` : key
    forget()
    const hit = registered.findLast(h => h.keys === wanted)
    if (hit) {
      event.preventDefault()
      hit.run(event)
    } else if (plain && registered.some(h => h.keys.startsWith(`${wanted} `))) {
      begun = wanted
      timer = window.setTimeout(forget, patience)
    }
  }
  document.addEventListener('keydown', onKey)
  return () => {
    forget()
    document.removeEventListener('keydown', onKey)
  }
}
