import { ActionIcon, AppShell, Burger, Button, Drawer, Group, ScrollArea, Text } from '@mantine/core'
import { useDisclosure, useMediaQuery } from '@mantine/hooks'
import { IconSearch, IconSparkles } from '@tabler/icons-react'
import { Link, Outlet, useRouter, useRouterState } from '@tanstack/react-router'
import { lazy, Suspense, useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useStoredPreferences } from '@/features/account/usePreferences'
import { panel as Panel } from '@/features/assistant/dock'
import { LoadingState } from '@/shared/DataStates'
import { dock, useDock } from '@/shared/dock/dock'
import { listenForHotkeys, useHotkey } from '@/shared/hotkeys'
import { Logo } from '@/shared/Logo'
import { PendingScreen } from '@/shared/screens'
import { onSessionLost } from '../queryClient'
import { useMe } from '../useMe'
import { Navigation } from './Navigation'
import classes from './Shell.module.css'
import { UserMenu } from './UserMenu'
import { ViewingBanner } from './ViewingBanner'

// Loaded when they are asked for.
const Palette = lazy(() => import('./Palette').then(module => ({ default: module.Palette })))
const HotkeyHelp = lazy(() => import('./HotkeyHelp').then(module => ({ default: module.HotkeyHelp })))

/** What stands around every screen of whoever is signed in. */
export function Shell() {
  const { t } = useTranslation()
  const me = useMe()
  const [navOpen, nav] = useDisclosure()
  const [helpOpen, help] = useDisclosure()
  const main = useRef<HTMLElement>(null)
  const [asked, setAsked] = useState(0)
  const openPalette = () => setAsked(times => times + 1)
  const { open: dockOpen } = useDock()
  const hasDock = Panel !== null && me.employees.length > 0
  const wide = useMediaQuery('(min-width: 75em)', true)

  useEffect(listenForHotkeys, [])
  useStoredPreferences()
  useHotkey('mod+k', t('hotkeys.palette'), openPalette, 'general')
  useHotkey('/', t('hotkeys.search'), openPalette, 'general')
  useHotkey('?', t('hotkeys.help'), help.open, 'general')
  useHotkey(hasDock ? 'mod+j' : undefined, t('hotkeys.assistant'), dock.toggle, 'general')
  useLostSession()
  useArrival(main, nav.close)

  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 240, breakpoint: 'sm', collapsed: { mobile: !navOpen } }}
      aside={{ width: 420, breakpoint: 'lg', collapsed: { mobile: true, desktop: !(hasDock && dockOpen) } }}
      padding={0}
    >
      <a href="#content" className={classes.skip}>
        {t('skip')}
      </a>
      <AppShell.Header className={classes.header}>
        <Group gap="sm" wrap="nowrap" className={classes.brand}>
          <Burger
            opened={navOpen}
            onClick={nav.toggle}
            hiddenFrom="sm"
            size={20}
            lineSize={2}
            aria-label={navOpen ? t('nav.close') : t('nav.open')}
            aria-expanded={navOpen}
          />
          <Link to="/" className={classes.home} aria-label={t('nav.home')}>
            <Logo />
            <Text fw={650} size="lg" visibleFrom="xs">
              {t('app')}
            </Text>
          </Link>
        </Group>
        <SearchBox onOpen={openPalette} />
        <Group gap="xs" wrap="nowrap" className={classes.right}>
          <UserMenu onHelp={help.open} />
        </Group>
      </AppShell.Header>
      <AppShell.Navbar className={classes.navbar} aria-label={t('nav.label')}>
        <ScrollArea className={classes.scroll} type="auto">
          <Navigation me={me} />
        </ScrollArea>
      </AppShell.Navbar>
      <AppShell.Main id="content" ref={main} tabIndex={-1} className={classes.main}>
        <ViewingBanner />
        <Suspense fallback={<PendingScreen />}>
          <Outlet />
        </Suspense>
      </AppShell.Main>
      {hasDock && Panel && (
        <>
          {wide ? (
            <AppShell.Aside aria-label={t('top.assistant')}>
              {dockOpen && (
                <Suspense fallback={<LoadingState />}>
                  <Panel />
                </Suspense>
              )}
            </AppShell.Aside>
          ) : (
            <Drawer.Root opened={dockOpen} onClose={dock.close} position="right" size={440}>
              <Drawer.Overlay />
              <Drawer.Content aria-label={t('top.assistant')}>
                <Drawer.Body p={0} h="100%">
                  <Suspense fallback={<LoadingState />}>
                    <Panel />
                  </Suspense>
                </Drawer.Body>
              </Drawer.Content>
            </Drawer.Root>
          )}
          {!dockOpen && (
            <Button
              className={classes.float}
              radius="xl"
              size="md"
              leftSection={<IconSparkles size={18} />}
              onClick={() => dock.open()}
            >
              {t('top.assistant')}
            </Button>
          )}
        </>
      )}
      <Suspense>{asked > 0 && <Palette asked={asked} />}</Suspense>
      <Suspense>{helpOpen && <HotkeyHelp onClose={help.close} />}</Suspense>
    </AppShell>
  )
}

function SearchBox({ onOpen }: { onOpen: () => void }) {
  const { t } = useTranslation()
  return (
    <div className={classes.searchSlot}>
      <button type="button" className={classes.search} onClick={onOpen} aria-keyshortcuts="/">
        <IconSearch size={16} aria-hidden="true" />
        <span>{t('top.search')}</span>
        <kbd>/</kbd>
      </button>
      <ActionIcon className={classes.searchIcon} size="lg" onClick={onOpen} aria-label={t('top.search')}>
        <IconSearch size={20} />
      </ActionIcon>
    </div>
  )
}

/** Goes to the sign-in page when the server says that the session is gone, and back afterwards. */
function useLostSession() {
  const router = useRouter()
  useEffect(
    () =>
      onSessionLost(() => {
        const next = router.state.location.href
        if (router.state.location.pathname === '/sign-in') return
        router.options.context.queryClient.clear()
        void router.navigate({ to: '/sign-in', search: { next } })
      }),
    [router],
  )
}

/** After a change of page: the focus to the page, for keyboards and screen readers; the phone's navigation shut. */
function useArrival(main: React.RefObject<HTMLElement | null>, arrived: () => void) {
  const path = useRouterState({ select: state => state.resolvedLocation?.pathname })
  const before = useRef(path)
  const latest = useRef(arrived)
  latest.current = arrived
  useEffect(() => {
    if (before.current !== undefined && before.current !== path) {
      latest.current()
      main.current?.focus({ preventScroll: true })
    }
    before.current = path
  }, [path, main])
}
