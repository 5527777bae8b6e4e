import type { Element, ElementContent, Root, RootContent } from 'hast'
import { pieces } from './text'

type Parent = { children: RootContent[] }

/** Puts a mark around words that may not be what they look like. */
export function markOddWords() {
  return (tree: Root): void => mark(tree)
}

function mark(parent: Parent): void {
  parent.children = parent.children.flatMap((node): RootContent[] => {
    if (node.type === 'element') mark(node as Parent)
    return node.type === 'text' ? marked(node.value) : [node]
  })
}

function marked(text: string): ElementContent[] {
  return pieces(text).map(piece => {
    const node: ElementContent = { type: 'text', value: piece.text }
    if (!piece.odd) return node
    const around: Element = { type: 'element', tagName: 'mark', properties: { title: piece.odd }, children: [node] }
    return around
  })
}
