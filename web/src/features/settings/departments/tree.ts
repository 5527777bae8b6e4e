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

/** A department where the tree shows it. */
export type Shown = {
  department: Department
  level: number
  /** Among those of the same parent, from 1. */
  position: number
  siblings: number
  /** Whether those below are shown; undefined where there are none. */
  open: boolean | undefined
}

/** The lines of the tree from top to bottom, without what is below the closed ones. */
export function shownOf(nodes: Node[], closed: ReadonlySet<string>, level = 1): Shown[] {
  return nodes.flatMap(({ department, below }, at) => {
    const open = below.length > 0 ? !closed.has(department.id) : undefined
    const line = { department, level, position: at + 1, siblings: nodes.length, open }
    return open ? [line, ...shownOf(below, closed, level + 1)] : [line]
  })
}

const levelOf = (shown: Shown[], { department, level }: Shown) =>
  shown.filter(other => other.level === level && (level === 1 || other.department.parent === department.parent))

/** The parent that a department has a level further down: the one before it; undefined for the first. */
export function lowered(shown: Shown[], line: Shown): string | undefined {
  return levelOf(shown, line)[line.position - 2]?.department.id
}

/** The parent that a department has a level further up, '' for the top; undefined where it is there. */
export function lifted(shown: Shown[], line: Shown): string | undefined {
  const parent = shown.find(other => other.department.id === line.department.parent)
  if (!parent) return undefined
  return parent.level === 1 ? '' : parent.department.parent
}
