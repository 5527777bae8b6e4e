/** Which conversation the panel showed last in this tab, so that a reload resumes it. */

const key = 'remit-panel'

type Memory = { person: string; conversation: string }

export function remembered(person: string): string | undefined {
  try {
    const memory = JSON.parse(sessionStorage.getItem(key) ?? 'null') as Memory | null
    return memory?.person === person ? memory.conversation : undefined
  } catch {
    return undefined
  }
}

export function remember(person: string, conversation: string | undefined): void {
  if (conversation) sessionStorage.setItem(key, JSON.stringify({ person, conversation }))
  else sessionStorage.removeItem(key)
}
