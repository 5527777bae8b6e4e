import { Component, memo, type ReactNode } from 'react'
import classes from './Answer.module.css'
import { elementsOf } from './elements'
import { parse } from './parse'
import { visible } from './text'

/** Longer than any answer; what is longer, or nested more deeply, is shown as it came. */
const longest = 60_000
const tooDeep = /^[ \t]*(?:(?:[>*+-]|\d{1,9}[.)])[ \t]*){24}/m

/**
 * An answer's Markdown. It comes from a model that read what strangers wrote, so it can
 * load nothing, run nothing and lead nowhere but into this app: HTML is text, pictures
 * are their descriptions, other addresses are shown and not linked.
 */
export const Answer = memo(function Answer({ text }: { text: string }) {
  const shown = visible(text)
  const plain = <pre className={classes.plain}>{shown}</pre>
  if (shown.length > longest || tooDeep.test(shown)) return plain
  return (
    <div className={classes.answer} dir="auto">
      <Fallback instead={plain}>
        <Read text={shown} />
      </Fallback>
    </div>
  )
})

const Read = ({ text }: { text: string }) => elementsOf(parse(text))

/** Shows something else where its content cannot be shown. */
class Fallback extends Component<{ instead: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false }

  static getDerivedStateFromError() {
    return { failed: true }
  }

  override render() {
    return this.state.failed ? this.props.instead : this.props.children
  }
}
