import { localStorageColorSchemeManager, MantineProvider } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import type { i18n } from 'i18next'
import { I18nextProvider, useTranslation } from 'react-i18next'
import { Notices } from '@/shared/notices'
import { nonce } from './nonce'
import { queryClient } from './queryClient'
import { router } from './router'
import { cssVariablesResolver, theme } from './theme'

const colorScheme = localStorageColorSchemeManager({ key: 'remit-color-scheme' })

/** Where menus, lists of options, tooltips and dialogs are put, so that they are part of a landmark. */
function Overlays() {
  const { t } = useTranslation()
  return <section id="overlays" aria-label={t('overlays')} />
}

/** Everything that stands around the screens. */
export function App({ i18n }: { i18n: i18n }) {
  return (
    <I18nextProvider i18n={i18n}>
      <MantineProvider
        theme={theme}
        cssVariablesResolver={cssVariablesResolver}
        colorSchemeManager={colorScheme}
        defaultColorScheme="auto"
        getStyleNonce={() => nonce}
      >
        <QueryClientProvider client={queryClient}>
          <ModalsProvider>
            <RouterProvider router={router} />
          </ModalsProvider>
          {/* After the page, lest a link in a dialog come before the one that skips to the content. */}
          <Overlays />
          <Notices />
        </QueryClientProvider>
      </MantineProvider>
    </I18nextProvider>
  )
}
