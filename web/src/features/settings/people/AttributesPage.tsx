import { Anchor, Button } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconPlus } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { mayOpen } from '@/app/nav'
import { useMe } from '@/app/useMe'
import { Data, EmptyState } from '@/shared/DataStates'
import { usePageContext } from '@/shared/dock/dock'
import { useHotkey } from '@/shared/hotkeys'
import { OnPage } from '@/shared/OnPage'
import { Page } from '@/shared/Page'
import { Section } from '@/shared/Section'
import { AttributeForm } from './AttributeForm'
import { AttributesTable } from './AttributesTable'
import { type Attribute, attributesQuery } from './queries'

/** What people may have beside name and department, for the policy to speak of. */
export function AttributesPage() {
  return (
    <OnPage page="settings/people" capability="policy.manage">
      <Attributes />
    </OnPage>
  )
}

function Attributes() {
  const { t } = useTranslation('settings-people')
  const query = useQuery({ ...attributesQuery, staleTime: 0 })
  const [changed, change] = useState<Attribute>()
  const [adding, add] = useDisclosure()
  const people = mayOpen(useMe(), 'settings/people', 'people.manage')
  usePageContext({ page: 'settings/people' })
  useHotkey('n', t('addAttribute'), add.open)
  const back = (
    <Anchor component={Link} to="/settings/people" size="sm">
      {t('back')}
    </Anchor>
  )
  return (
    <Page
      title={t('attributes')}
      lead={t('attributesLead')}
      before={people && back}
      actions={
        <Button leftSection={<IconPlus size={16} />} onClick={add.open}>
          {t('addAttribute')}
        </Button>
      }
    >
      <Section flush title={t('attributesDefined')} count={query.data?.length}>
        <Data
          query={query}
          isEmpty={all => all.length === 0}
          empty={<EmptyState title={t('noAttributes')}>{t('noAttributesHint')}</EmptyState>}
        >
          {all => <AttributesTable attributes={all} onChange={change} />}
        </Data>
      </Section>
      {adding && <AttributeForm onClose={add.close} />}
      {changed && <AttributeForm attribute={changed} onClose={() => change(undefined)} />}
    </Page>
  )
}
