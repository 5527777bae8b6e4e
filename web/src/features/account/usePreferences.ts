import { type MantineColorScheme, useMantineColorScheme } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTranslation } from 'react-i18next'
import { api, body } from '@/api/client'
import { meQuery } from '@/api/queries'
import type { Me } from '@/api/types'
import { type Language, languages, speak } from '@/app/i18n'
import { useMe } from '@/app/useMe'
import { useNotify } from '@/shared/useNotify'

/** The app's language for a tag of BCP 47: `de-AT` is `de`. */
function spoken(tag: string): Language | undefined {
  const primary = tag.split('-')[0] ?? ''
  return primary in languages ? (primary as Language) : undefined
}

/** What the person chose on any device counts here too, whatever this browser remembers. */
export function useStoredPreferences(): void {
  const { language, theme } = useMe()
  const { i18n } = useTranslation()
  const { setColorScheme } = useMantineColorScheme()
  useEffect(() => {
    if (theme) setColorScheme(theme)
  }, [theme, setColorScheme])
  useEffect(() => {
    const wanted = spoken(language)
    if (wanted && wanted !== i18n.language) void speak(wanted)
  }, [language, i18n])
}

/** Changes colours and language at once, and stores them with the person; in a view for this page alone. */
export function usePreferences() {
  const me = useMe()
  const { i18n } = useTranslation()
  const { colorScheme, setColorScheme } = useMantineColorScheme()
  const queryClient = useQueryClient()
  const notify = useNotify()
  const store = useMutation({
    mutationFn: (change: { theme?: MantineColorScheme; language?: Language }): Promise<Me> =>
      body(api.PATCH('/api/me', { body: change })),
    onSuccess: saved => queryClient.setQueryData(meQuery.queryKey, saved),
    onError: notify.problem,
  })
  return {
    theme: colorScheme,
    language: i18n.language as Language,
    setTheme(theme: MantineColorScheme) {
      setColorScheme(theme)
      if (!me.viewing) store.mutate({ theme })
    },
    setLanguage(language: Language) {
      void speak(language)
      if (!me.viewing) store.mutate({ language })
    },
  }
}
