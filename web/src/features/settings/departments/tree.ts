import type { components } from '@/api/schema.gen'

export type Department = components['schemas']['Department']
export type Node = { department: Department; below: Node[] }

/** The departments as a tree, by name on each level. One whose parent is unknown stands at the top. */
export function treeOf(departments: Department[]): Node[] {
  const known = new Set(departments.map(({ id }) => id))
  const below = (parent: string): Node[] =>
    departments
      .filter(d => (known.has(d.parent) ? d.parent : '') === parent)
      .sort((a, b) => a.name.localeCompare(b.name))
      .map(department => ({ department, below: below(department.id) }))
  return below('')
}

/** The department and all below it: none of them can be its parent. */
export function branchOf(departments: Department[], id: string): Set<string> {
  const branch = new Set([id])
  for (let before = 0; before !== branch.size; ) {
    before = branch.size
    for (const d of departments) if (branch.has(d.parent)) branch.add(d.id)
  }
  return branch
}
