/** The routes of this feature, children of the shell. */
export const companyRoutes = [] as const
