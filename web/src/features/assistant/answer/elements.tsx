import type {
  AlignType,
  Definition,
  Image,
  ImageReference,
  Link,
  LinkReference,
  ListItem,
  Nodes,
  Parents,
  Root,
  Table,
} from 'mdast'
import { normalizeUri } from 'micromark-util-sanitize-uri'
import { Fragment, type ReactNode } from 'react'
import classes from './Answer.module.css'
import { AnswerLink, AnswerTable, NoPicture, OddWord } from './parts'
import { pieces } from './text'

type Definitions = Map<string, Definition>

/**
 * The elements of an answer, one for each kind of node that is named here; whatever
 * else Markdown may come to have, HTML among it, is shown as its text.
 */
export function elementsOf(root: Root): ReactNode {
  const definitions: Definitions = new Map()
  collect(root, definitions)
  return children(root, definitions)
}

function collect(node: Nodes, into: Definitions): void {
  if (node.type === 'definition' && !into.has(node.identifier)) into.set(node.identifier, node)
  if ('children' in node) for (const child of node.children) collect(child, into)
}

const children = (parent: Parents, definitions: Definitions): ReactNode =>
  parent.children.map((child, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
    <Fragment key={n}>{element(child, definitions)}</Fragment>
  ))

function element(node: Nodes, definitions: Definitions): ReactNode {
  const inside = () => ('children' in node ? children(node, definitions) : null)
  switch (node.type) {
    case 'text':
      return words(node.value)
    case 'paragraph':
      return <p>{inside()}</p>
    case 'heading': // the page has its own, and an answer's may come in any order
      return <p className={classes.heading}>{inside()}</p>
    case 'strong':
      return <strong>{inside()}</strong>
    case 'emphasis':
      return <em>{inside()}</em>
    case 'delete':
      return <del>{inside()}</del>
    case 'inlineCode':
      return <code>{words(node.value)}</code>
    case 'code':
      return (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
        <pre tabIndex={0}>
          <code>{words(`${node.value}\n`)}</code>
        </pre>
      )
    case 'blockquote':
      return <blockquote>{inside()}</blockquote>
    case 'list': {
      const loose = node.children.some(item => item.spread) || node.spread === true
      const items = node.children.map((item, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
        <li key={n}>{itemOf(item, loose, definitions)}</li>
      ))
      return node.ordered ? (
        <ol start={node.start === 1 ? undefined : (node.start ?? undefined)}>{items}</ol>
      ) : (
        <ul>{items}</ul>
      )
    }
    case 'table':
      return <AnswerTable>{rowsOf(node, definitions)}</AnswerTable>
    case 'thematicBreak':
      return <hr />
    case 'break':
      return <br />
    case 'link':
    case 'linkReference':
      return (
        <AnswerLink address={addressOf(node, definitions)} text={textOf(node)}>
          {inside()}
        </AnswerLink>
      )
    case 'image':
    case 'imageReference':
      return <NoPicture address={addressOf(node, definitions)} alt={node.alt ?? ''} />
    case 'definition':
      return null
    default:
      return 'value' in node ? words(node.value) : inside()
  }
}

/** Where a link or picture leads, with everything escaped that no address holds. */
function addressOf(node: Link | LinkReference | Image | ImageReference, definitions: Definitions): string {
  return normalizeUri('url' in node ? node.url : (definitions.get(node.identifier)?.url ?? ''))
}

/** What a link says, if that is plain text. */
function textOf({ children: [first, ...others] }: Link | LinkReference): string | undefined {
  return first?.type === 'text' && others.length === 0 ? first.value : undefined
}

/** An item's content: in a tight list without paragraphs. A box to tick is a sign. */
function itemOf(item: ListItem, loose: boolean, definitions: Definitions): ReactNode {
  const tick = typeof item.checked === 'boolean' && <span>{item.checked ? '☑ ' : '☐ '}</span>
  return item.children.map((child, n) => {
    const first = n === 0 && tick
    const within = child.type === 'paragraph' ? children(child, definitions) : null
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
      <Fragment key={n}>
        {within === null ? (
          <>
            {first}
            {element(child, definitions)}
          </>
        ) : loose ? (
          <p>
            {first}
            {within}
          </p>
        ) : (
          <>
            {first}
            {within}
          </>
        )}
      </Fragment>
    )
  })
}

function rowsOf({ children: rows, align }: Table, definitions: Definitions): ReactNode {
  const [head, ...body] = rows
  const side = (n: number): { textAlign: Exclude<AlignType, null> } | undefined =>
    align?.[n] ? { textAlign: align[n] } : undefined
  const columns = head?.children ?? []
  return (
    <>
      <thead>
        <tr>
          {columns.map((cell, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
            <th key={n} scope="col" style={side(n)}>
              {children(cell, definitions)}
            </th>
          ))}
        </tr>
      </thead>
      {body.length > 0 && (
        <tbody>
          {body.map((row, y) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place
            <tr key={y}>
              {columns.map((_, n) => {
                const cell = row.children[n]
                return (
                  // biome-ignore lint/suspicious/noArrayIndexKey: a cell is its place
                  <td key={n} style={side(n)}>
                    {cell && children(cell, definitions)}
                  </td>
                )
              })}
            </tr>
          ))}
        </tbody>
      )}
    </>
  )
}

/** Text, with those words marked that may not be what they look like. */
const words = (text: string): ReactNode =>
  pieces(text).map((piece, n) =>
    piece.odd ? (
      // biome-ignore lint/suspicious/noArrayIndexKey: an answer only grows at its end
      <OddWord key={n} odd={piece.odd}>
        {piece.text}
      </OddWord>
    ) : (
      piece.text
    ),
  )
