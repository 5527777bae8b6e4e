import type { NotificationData } from '@mantine/notifications'
import { lazy, Suspense, useSyncExternalStore } from 'react'

let wanted = false
const listeners = new Set<() => void>()
const load = () => import('./NoticeBoard')
const Board = lazy(load)

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Shows a message in the corner. What shows it is loaded with the first one. */
export async function notice(data: NotificationData): Promise<void> {
  wanted = true
  for (const listener of listeners) listener()
  const { notifications } = await load()
  notifications.show(data)
}

/** Takes a message away. */
export async function unnotice(id: string): Promise<void> {
  const { notifications } = await load()
  notifications.hide(id)
}

/** Where messages appear. */
export function Notices() {
  const shown = useSyncExternalStore(subscribe, () => wanted)
  return <Suspense>{shown && <Board />}</Suspense>
}
