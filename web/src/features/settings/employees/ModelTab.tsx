import { Alert, Anchor, Autocomplete, Select, Stack, Text, TextInput } from '@mantine/core'
import { IconAlertTriangle, IconInfoCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isProblem, sentence } from '@/api/problem'
import { mayOpen } from '@/app/nav'
import { useMe } from '@/app/useMe'
import { LoadingState } from '@/shared/DataStates'
import type { Employee } from '../policy/types'
import { planner, type Service, servicesQuery } from '../services/queries'
import { chosenOf, everyModel, isListed } from './modelChoice'
import { useEditEmployee } from './useEmployee'

type Props = { employee: Employee }

/** Which service and which of its models answer. */
export function ModelTab({ employee }: Props) {
  const query = useQuery(servicesQuery)
  if (query.data) return <Choice employee={employee} services={query.data} />
  if (query.isError) return <Unlisted employee={employee} error={query.error} />
  return <LoadingState lines={3} height={48} />
}

/** Changes the service or the model. Another service has other models. */
function useChoice(employee: Employee) {
  const { edit, problem } = useEditEmployee(employee.name)
  return {
    problem,
    setService: (service: string) =>
      edit(e => {
        if (service === (e.service ?? '')) return
        e.service = service
        e.model = ''
      }),
    setModel: (model: string) =>
      edit(e => {
        e.model = model
      }),
  }
}

function Choice({ employee, services }: Props & { services: Service[] }) {
  const { t } = useTranslation(['settings-employees', 'settings-services'])
  const { problem, setService } = useChoice(employee)
  const link = mayOpen(useMe(), 'settings/services', 'services.manage')
  const named = employee.service ?? ''
  const chosen = chosenOf(services, named)
  const standard = services.find(s => s.default)
  const titleOf = (s: Service) => (s.name === planner ? t('planner') : s.name)
  const usable = services.filter(s => s.usable)
  const options = [
    { value: '', label: standard ? t('serviceDefault', { name: titleOf(standard) }) : t('serviceDefaultUnknown') },
    ...usable.map(s => ({ value: s.name, label: titleOf(s) })),
    ...(chosen ? [] : [{ value: named, label: t('serviceGone', { name: named }) }]),
  ]
  return (
    <Stack maw="40rem">
      <Select
        label={t('service')}
        description={t('serviceHint')}
        data={options}
        value={named}
        error={problem('service')}
        allowDeselect={false}
        onChange={value => setService(value ?? '')}
      />
      {chosen ? (
        <Text size="sm" c="dimmed">
          {chosen.name === planner
            ? t('egressNone')
            : t('egress', { fields: t(`settings-services:leaves.${chosen.egress as 'public'}`) })}
        </Text>
      ) : (
        <Alert color="orange" icon={<IconAlertTriangle size={18} />} role="alert">
          {t('serviceGoneText', { name: named })}
        </Alert>
      )}
      {chosen?.name === planner ? (
        <Text size="sm" c="dimmed">
          {t('modelPlanner')}
        </Text>
      ) : (
        chosen && <ModelChoice employee={employee} service={chosen} />
      )}
      {link && (
        <div>
          <Anchor component={Link} to="/settings/services" size="sm">
            {t('manageServices')}
          </Anchor>
        </div>
      )}
    </Stack>
  )
}

/** The models that are kept for the service; any other where none are, or where one price stands for all others. */
function ModelChoice({ employee, service }: Props & { service: Service }) {
  const { t } = useTranslation('settings-employees')
  const { problem, setModel } = useChoice(employee)
  const named = employee.model ?? ''
  const listed = service.models.map(m => m.name).filter(name => name !== everyModel)
  const usual = service.model ? t('modelUsual', { name: service.model }) : t('modelUsualUnknown')
  if (listed.length === 0 || service.models.some(m => m.name === everyModel)) {
    return (
      <Autocomplete
        label={t('model')}
        description={t('modelTyped')}
        placeholder={usual}
        data={listed}
        value={named}
        error={problem('model')}
        spellCheck={false}
        onChange={setModel}
      />
    )
  }
  const known = isListed(service, named)
  return (
    <>
      <Select
        label={t('model')}
        description={t('modelHint')}
        data={[
          { value: '', label: usual },
          ...listed.map(name => ({ value: name, label: name })),
          ...(known ? [] : [{ value: named, label: t('modelGone', { name: named }) }]),
        ]}
        value={named}
        error={problem('model')}
        allowDeselect={false}
        searchable={listed.length > 8}
        onChange={value => setModel(value ?? '')}
      />
      {!known && (
        <Alert color="orange" icon={<IconAlertTriangle size={18} />} role="alert">
          {t('modelGoneText', { name: named })}
        </Alert>
      )}
    </>
  )
}

/** Where the services cannot be listed, what is chosen can still be seen and typed. */
function Unlisted({ employee, error }: Props & { error: unknown }) {
  const { t } = useTranslation('settings-employees')
  const { problem, setService, setModel } = useChoice(employee)
  return (
    <Stack maw="40rem">
      <Alert icon={<IconInfoCircle size={18} />} role="alert">
        {t(isProblem(error, 'denied') ? 'servicesHidden' : 'servicesFailed', { reason: sentence(error) })}
      </Alert>
      <TextInput
        label={t('service')}
        placeholder={t('serviceDefaultUnknown')}
        value={employee.service ?? ''}
        error={problem('service')}
        spellCheck={false}
        onChange={event => setService(event.currentTarget.value)}
      />
      <TextInput
        label={t('model')}
        placeholder={t('modelUsualUnknown')}
        value={employee.model ?? ''}
        error={problem('model')}
        spellCheck={false}
        onChange={event => setModel(event.currentTarget.value)}
      />
    </Stack>
  )
}
