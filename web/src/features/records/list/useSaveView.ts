import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { useNotify } from '@/shared/useNotify'
import { type SavedView, updateView, type ViewDraft } from './views'

/** Saves what the page shows in place of a view. */
export function useSaveView(collection: string, view: SavedView | undefined, onSaved: () => void) {
  const { t } = useTranslation('records-list')
  const notify = useNotify()
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (draft: ViewDraft) => updateView(view?.id ?? '', draft),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['views', collection] })
      onSaved()
      notify.done(t('view.saved'))
    },
    onError: notify.problem,
  })
}
