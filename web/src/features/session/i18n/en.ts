const en = {
  title: 'Sign in',
  lead: 'The CRM whose AI employees never see more than you do.',
  email: 'E-mail address',
  password: 'Password',
  submit: 'Sign in',
  ownTitle: 'Choose your own password',
  ownLead: 'Somebody else has set the one that you used. From now on only you are to know yours.',
  ownSubmit: 'Set the password and sign in',
  wrong: 'The e-mail address or the password is not right.',
  limited: 'Too many attempts. Try again in {{seconds}} seconds.',
  limitedSoon: 'Too many attempts. Try again in a while.',
  lost: 'Your session has ended. Sign in again to go on where you were.',
  forgotten: 'Forgotten your password? An administrator can set a new one.',
}

export default en

declare module '@/app/i18n' {
  interface Namespaces {
    session: typeof en
  }
}
