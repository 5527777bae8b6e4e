import { Combobox, Text, Textarea, useCombobox } from '@mantine/core'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { Vocabulary } from './types'

type Words = Pick<Vocabulary, 'record' | 'user' | 'functions'>
type Props = {
  label: string
  description?: string
  value: string
  onChange: (value: string) => void
  vocabulary: Words
  error?: React.ReactNode
  minRows?: number
}
type Proposal = { insert: string; title: string }

const most = 8

/** What the word before the caret may become. */
function proposalsFor(vocabulary: Words, word: string): Proposal[] {
  const names = [...vocabulary.record, ...vocabulary.user].map(term => ({ insert: term.name, title: term.title ?? '' }))
  const functions = vocabulary.functions.map(fn => ({ insert: fn.form, title: fn.meaning }))
  const wanted = word.toLowerCase()
  return [...names, ...functions]
    .filter(
      p =>
        p.insert !== word &&
        (p.insert.toLowerCase().startsWith(wanted) || (wanted.length > 1 && p.title.toLowerCase().startsWith(wanted))),
    )
    .slice(0, most)
}

/** An expression as text, with what may be said proposed at the caret. */
export function ExpressionInput({ value, onChange, vocabulary, minRows = 2, ...texts }: Props) {
  const { t } = useTranslation('settings-policy')
  const input = useRef<HTMLTextAreaElement>(null)
  const [caret, setCaret] = useState(value.length)
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() })
  const word = /[\w.]*$/.exec(value.slice(0, caret))?.[0] ?? ''
  const proposals = proposalsFor(vocabulary, word)
  const take = (insert: string) => {
    const begin = caret - word.length
    onChange(value.slice(0, begin) + insert + value.slice(caret))
    combobox.closeDropdown()
    const end = begin + insert.length
    setCaret(end)
    requestAnimationFrame(() => input.current?.setSelectionRange(end, end))
  }
  return (
    <Combobox store={combobox} onOptionSubmit={take} withinPortal={false}>
      <Combobox.Target withAriaAttributes autoComplete="off">
        <Textarea
          ref={input}
          {...texts}
          value={value}
          autosize
          minRows={minRows}
          maxRows={8}
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          onChange={event => {
            onChange(event.currentTarget.value)
            setCaret(event.currentTarget.selectionStart)
            const typed = event.currentTarget.value.slice(0, event.currentTarget.selectionStart)
            if (/[\w.]$/.test(typed)) combobox.openDropdown()
            else combobox.closeDropdown()
            combobox.updateSelectedOptionIndex()
          }}
          onSelect={event => setCaret(event.currentTarget.selectionStart)}
          onBlur={() => combobox.closeDropdown()}
          onKeyDown={event => {
            if (event.key === ' ' && event.ctrlKey) {
              event.preventDefault()
              combobox.openDropdown()
            }
            if (event.key === 'Escape' && combobox.dropdownOpened) {
              event.stopPropagation()
              combobox.closeDropdown()
            }
          }}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={proposals.length === 0}>
        <Combobox.Options aria-label={t('scopes.proposals')}>
          {proposals.map(proposal => (
            <Combobox.Option value={proposal.insert} key={proposal.insert}>
              <Text size="sm" ff="monospace" span>
                {proposal.insert}
              </Text>{' '}
              <Text size="xs" c="dimmed" span>
                {proposal.title}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  )
}
