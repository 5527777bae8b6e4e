import { Alert, Button, Group, SegmentedControl, Stack, TextInput } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { ErrorState, LoadingState } from '@/shared/DataStates'
import { CheckText } from './CheckText'
import { keyOf, nameFrom } from './document'
import { usePolicy } from './draft'
import { ExpressionInput } from './ExpressionInput'
import { toExpression, toForm } from './expression'
import { ScopeForm } from './ScopeForm'
import { ScopePreview } from './ScopePreview'
import { type ModelCollection, mainSource, type Scope, type Vocabulary } from './types'
import { useChecked } from './useChecked'

type Props = { collection: ModelCollection; scope?: Scope; onDone: () => void }

const vocabularyQuery = (collection: ModelCollection) =>
  queryOptions({
    queryKey: ['policy', 'vocabulary', collection.data_source, collection.name],
    queryFn: ({ signal }): Promise<Vocabulary> => {
      const query = { collection: collection.name, data_source: collection.data_source }
      return body(api.GET('/api/policy/vocabulary', { params: { query }, signal }))
    },
  })

/** A filter of records: as a form where it is simple, or as text, checked as one types. */
export function ScopeEditor(props: Props) {
  const vocabulary = useQuery(vocabularyQuery(props.collection))
  if (vocabulary.isError) return <ErrorState error={vocabulary.error} level={3} />
  return vocabulary.data ? <Editor {...props} vocabulary={vocabulary.data} /> : <LoadingState lines={6} />
}

function Editor({ collection, scope, onDone, vocabulary }: Props & { vocabulary: Vocabulary }) {
  const { t } = useTranslation('settings-policy')
  const { t: tc } = useTranslation()
  const { document, edit } = usePolicy()
  const [title, setTitle] = useState(scope?.title ?? '')
  const [typedName, setTypedName] = useState<string | null>(scope?.name ?? null)
  const [expression, setExpression] = useState(scope?.expression ?? '')
  const form = toForm(expression)
  const [mode, setMode] = useState<'form' | 'text'>(form ? 'form' : 'text')
  const check = useChecked({ collection: collection.name, data_source: collection.data_source }, expression)
  const next: Scope = {
    ...(collection.data_source !== mainSource && { data_source: collection.data_source }),
    collection: collection.name,
    name: typedName ?? nameFrom(title),
    title: title.trim(),
    expression,
  }
  const key = keyOf('scopes', next)
  const taken = !scope && (document.scopes ?? []).some(s => keyOf('scopes', s) === key)
  const apply = () => {
    edit(doc => {
      const scopes = doc.scopes ?? []
      const at = scopes.findIndex(s => keyOf('scopes', s) === key)
      doc.scopes = at < 0 ? [...scopes, next] : scopes.with(at, next)
    })
    onDone()
  }
  return (
    <Stack>
      <Group grow align="start">
        <TextInput
          label={t('scopes.titleField')}
          value={title}
          onChange={e => setTitle(e.currentTarget.value)}
          data-autofocus
        />
        <TextInput
          label={t('scopes.name')}
          value={next.name}
          onChange={e => setTypedName(e.currentTarget.value)}
          readOnly={!!scope}
          error={taken && t('scopes.nameTaken')}
        />
      </Group>
      <SegmentedControl
        aria-label={t('scopes.mode')}
        value={mode}
        onChange={value => setMode(value as 'form' | 'text')}
        data={[
          { value: 'form', label: t('scopes.form') },
          { value: 'text', label: t('scopes.text') },
        ]}
      />
      {mode === 'text' ? (
        <ExpressionInput
          label={t('scopes.expression')}
          description={t('scopes.expressionHint')}
          value={expression}
          onChange={setExpression}
          vocabulary={vocabulary}
        />
      ) : form ? (
        <ScopeForm
          form={form}
          vocabulary={vocabulary}
          onChange={changed => setExpression(toExpression(changed, vocabulary.record))}
        />
      ) : (
        <Alert color="blue">{t('scopes.formCannot')}</Alert>
      )}
      <CheckText check={check} empty={!expression.trim()} ok={t('scopes.ok')} />
      <ScopePreview collection={collection} expression={check.ok ? expression : ''} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {tc('action.cancel')}
        </Button>
        <Button onClick={apply} disabled={!check.ok || !next.name || taken}>
          {t('scopes.apply')}
        </Button>
      </Group>
    </Stack>
  )
}
