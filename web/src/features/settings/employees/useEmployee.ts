import { useCallback } from 'react'
import { problemAt, usePolicy, useProblems } from '../policy/draft'
import type { Employee, Task } from '../policy/types'

type Found<T> = { edit: (change: (entity: T) => void) => void; problem: (part: string) => string | undefined }

/** Changes an AI employee of the document, and says what is wrong with its parts. */
export function useEditEmployee(name: string): Found<Employee> {
  const { document, edit } = usePolicy()
  const problems = useProblems()
  const index = document.employees?.findIndex(e => e.name === name) ?? -1
  const change = useCallback(
    (apply: (employee: Employee) => void) =>
      edit(doc => {
        const employee = doc.employees?.find(e => e.name === name)
        if (employee) apply(employee)
      }),
    [edit, name],
  )
  return { edit: change, problem: part => problemAt(problems, `employees[${index}].${part}`) }
}

/** The same for a task. */
export function useEditTask(name: string): Found<Task> {
  const { document, edit } = usePolicy()
  const problems = useProblems()
  const index = document.tasks?.findIndex(task => task.name === name) ?? -1
  const change = useCallback(
    (apply: (task: Task) => void) =>
      edit(doc => {
        const task = doc.tasks?.find(candidate => candidate.name === name)
        if (task) apply(task)
      }),
    [edit, name],
  )
  return { edit: change, problem: part => problemAt(problems, `tasks[${index}].${part}`) }
}
