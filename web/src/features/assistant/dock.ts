import type { LazyExoticComponent } from 'react'

/**
 * The panel of the AI employees, which the shell shows at the right. Null: there is
 * none yet, and the shell shows no button for it.
 */
export const panel: LazyExoticComponent<() => React.JSX.Element> | null = null as LazyExoticComponent<
  () => React.JSX.Element
> | null
