import { lazy } from 'react'

/** The panel of the AI employees, which the shell shows at the right. */
export const panel = lazy(() => import('./panel/Panel'))
