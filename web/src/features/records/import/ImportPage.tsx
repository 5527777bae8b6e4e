import { Anchor } from '@mantine/core'
import { getRouteApi, Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useMe } from '@/app/useMe'
import { usePageContext } from '@/shared/dock/dock'
import { Page } from '@/shared/Page'
import { NotFoundScreen } from '@/shared/screens'
import { type CollectionMeta, useCollection } from '@/shared/useCollection'
import { useModelText } from '@/shared/useModelText'
import type { Preview } from './api'
import { ChooseFile } from './ChooseFile'
import { Mapping } from './Mapping'
import { mayImport } from './mayImport'

const route = getRouteApi('/shell/records/$collection/import')

/** Brings a CSV file in: choose it, say what goes where, try it, import it. */
export function ImportPage() {
  const { collection: name } = route.useParams()
  const collection = useCollection(name)
  const me = useMe()
  return collection && mayImport(me, collection) ? <Wizard key={name} collection={collection} /> : <NotFoundScreen />
}

type Chosen = { file: File; preview: Preview }

function Wizard({ collection }: { collection: CollectionMeta }) {
  const { t } = useTranslation('records')
  const model = useModelText()
  const [chosen, setChosen] = useState<Chosen | null>(null)
  const name = model.collection(collection)
  usePageContext({ page: collection.name, collection: collection.name })
  return (
    <Page
      title={t('import.pageTitle', { collection: name })}
      lead={t('import.lead')}
      before={
        <Anchor component={Link} to="/records/$collection" params={{ collection: collection.name } as never} size="sm">
          {name}
        </Anchor>
      }
    >
      {chosen ? (
        <Mapping collection={collection} {...chosen} onBack={() => setChosen(null)} />
      ) : (
        <ChooseFile collection={collection} onChosen={setChosen} />
      )}
    </Page>
  )
}
