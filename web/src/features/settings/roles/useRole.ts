import { useCallback } from 'react'
import { problemAt, usePolicy, useProblems } from '../policy/draft'
import type { Role } from '../policy/types'

/** Changes a role of the document. */
export function useEditRole(name: string): (change: (role: Role) => void) => void {
  const { edit } = usePolicy()
  return useCallback(
    change =>
      edit(document => {
        const role = document.roles?.find(r => r.name === name)
        if (role) change(role)
      }),
    [edit, name],
  )
}

/** What is wrong with a part of a role, in words. */
export function useRoleProblem(name: string): (part: string) => string | undefined {
  const { document } = usePolicy()
  const problems = useProblems()
  const index = document.roles?.findIndex(r => r.name === name) ?? -1
  return part => problemAt(problems, `roles[${index}].${part}`)
}
