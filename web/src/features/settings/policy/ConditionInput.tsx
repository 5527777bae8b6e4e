import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { CheckText } from './CheckText'
import { useCatalog } from './catalog'
import { ExpressionInput } from './ExpressionInput'
import type { Catalog, Vocabulary } from './types'
import { useChecked } from './useChecked'

type Props = {
  label: string
  description?: string
  value: string
  onChange: (value: string) => void
  /** Whose input the condition may name; none: it is about the user alone. */
  tools?: string[]
  /** What is wrong beside what the condition says, e.g. that it is missing. */
  error?: string
}

/** A condition over the user and a tool's input, with proposals, checked as one types. */
export function ConditionInput({ value, onChange, tools, error, label, description }: Props) {
  const { t } = useTranslation('settings-policy')
  const catalog = useCatalog()
  const known = tools?.filter(name => catalog.tools.some(tool => tool.name === name))
  const check = useChecked(known?.length ? { tools: known } : {}, value)
  const vocabulary = useMemo(() => vocabularyOf(catalog, known ?? []), [catalog, known])
  const empty = !value.trim()
  return (
    <div>
      <ExpressionInput
        label={label}
        description={description ?? t('condition.hint')}
        value={value}
        onChange={onChange}
        vocabulary={vocabulary}
        error={(empty && error) || check.problems.length > 0}
        minRows={1}
      />
      <CheckText check={check} empty={empty} ok={t('condition.ok')} />
    </div>
  )
}

/** What can be said of the user, and of the input of all the tools. */
function vocabularyOf(catalog: Catalog, tools: string[]): Pick<Vocabulary, 'record' | 'user' | 'functions'> {
  const inputs = catalog.tools.filter(tool => tools.includes(tool.name)).map(tool => tool.inputs)
  const [first = [], ...others] = inputs
  return {
    record: first.filter(input => others.every(list => list.some(other => other.name === input.name))),
    user: catalog.user,
    functions: catalog.functions.filter(fn => !fn.form.includes('record.')),
  }
}
