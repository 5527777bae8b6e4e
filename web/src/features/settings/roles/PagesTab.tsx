import { Checkbox, Radio, SimpleGrid, Stack, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { usePages, usePageText } from '../policy/catalog'
import { toggled } from '../policy/document'
import { every, type Role } from '../policy/types'
import { useEditRole, useRoleProblem } from './useRole'

/** Which pages people of the role see. */
export function PagesTab({ role }: { role: Role }) {
  const { t } = useTranslation('settings-roles')
  const edit = useEditRole(role.name)
  const problem = useRoleProblem(role.name)
  const pages = usePages()
  const text = usePageText()
  const all = [...pages.general, ...pages.collections, ...pages.settings]
  const named = role.pages ?? []
  const chosen = named.length > 0
  const set = (list: string[] | undefined) =>
    edit(r => {
      r.pages = list
    })
  return (
    <Stack>
      <Radio.Group
        aria-label={t('tab.pages')}
        value={chosen ? 'chosen' : 'all'}
        onChange={value => set(value === 'all' ? undefined : all)}
        error={problem('pages')}
      >
        <Stack gap="xs">
          <Radio value="all" label={t('pages.all')} description={t('pages.allHint')} />
          <Radio value="chosen" label={t('pages.chosen')} description={t('pages.hint')} />
        </Stack>
      </Radio.Group>
      {chosen && (
        <SimpleGrid cols={{ base: 1, sm: 3 }}>
          {(['general', 'collections', 'settings'] as const).map(group => (
            <fieldset key={group} style={{ border: 0, padding: 0, margin: 0 }}>
              <Text component="legend" fw={500} mb="xs">
                {t(`pages.${group}`)}
              </Text>
              <Stack gap="xs">
                {pages[group].map(page => (
                  <Checkbox
                    key={page}
                    label={text(page)}
                    checked={named.includes(page) || named.includes(every)}
                    onChange={event => {
                      const next = toggled(named.includes(every) ? all : named, page, event.currentTarget.checked)
                      if (next.length) set(all.filter(p => next.includes(p)))
                    }}
                  />
                ))}
              </Stack>
            </fieldset>
          ))}
        </SimpleGrid>
      )}
    </Stack>
  )
}
