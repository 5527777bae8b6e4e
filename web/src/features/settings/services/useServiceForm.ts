import { useForm } from '@mantine/form'
import { useQueryClient } from '@tanstack/react-query'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isProblem, sentence } from '@/api/problem'
import { useNotify } from '@/shared/useNotify'
import { type Service, servicesQuery, useChangeService } from './queries'
import { changed, changeOf, formPath, type Name, names, onTop, type Values, valuesOf } from './values'

/** What is wrong with a field of the form, by the path that the form knows it under. */
export function formErrors(error: unknown): Record<string, string> | null {
  if (!isProblem(error) || !error.field) return null
  const path = formPath(error.field)
  return names.some(name => name === path.split('.')[0]) ? { [path]: sentence(error) } : null
}

/** The settings of a service as they are edited, upon what was read when the editing began. */
export function useServiceForm(service: Service) {
  const { t } = useTranslation(['settings-services', 'common'])
  const notify = useNotify()
  const queryClient = useQueryClient()
  const [base, setBase] = useState(service)
  const form = useForm<Values>({
    initialValues: valuesOf(service),
    validate: {
      model: (model, { provider }) => (provider === 'openai' && !model.trim() ? t('modelNeeded') : null),
      models: {
        name: (name, { models }) => (models.filter(m => m.name === name).length > 1 ? t('modelTwice') : null),
      },
    },
  })
  const save = useChangeService(service.name)
  const mine = changed(valuesOf(base), form.values)
  const moved = base.version !== service.version

  // Somebody else's change shows at once where nothing of one's own is at stake.
  const shown = useRef(service.version)
  if (shown.current !== service.version && mine.length === 0) {
    shown.current = service.version
    setBase(service)
    form.setInitialValues(valuesOf(service))
    form.setValues(valuesOf(service))
  }

  const begin = (onto: Service, values: Values) => {
    setBase(onto)
    shown.current = onto.version
    form.setInitialValues(valuesOf(onto))
    form.setValues(values)
    form.clearErrors()
    save.reset()
  }
  const submit = form.onSubmit(values =>
    save.mutate(changeOf(valuesOf(base), values, base.version), {
      onSuccess: saved => {
        begin(saved, valuesOf(saved))
        notify.done(t('common:error.saved'))
      },
      onError: error => {
        form.setErrors(formErrors(error) ?? {})
        if (isProblem(error, 'conflict')) void queryClient.invalidateQueries({ queryKey: servicesQuery.queryKey })
      },
    }),
  )
  return {
    form,
    submit,
    saving: save.isPending,
    /** What is wrong as a whole, not with one field. */
    problem: formErrors(save.error) || isProblem(save.error, 'conflict') ? null : save.error,
    conflict: mine.length > 0 && (moved || isProblem(save.error, 'conflict')),
    /** What the other has saved is here, so that one can go on upon it. */
    ready: moved,
    mine,
    theirs: changed(valuesOf(base), valuesOf(service)) as Name[],
    base,
    discard: () => begin(service, valuesOf(service)),
    keep: () => begin(service, onTop(valuesOf(base), form.values, valuesOf(service))),
  }
}

export type ServiceForm = ReturnType<typeof useServiceForm>
