import { Notifications } from '@mantine/notifications'
import '@mantine/notifications/styles.css'

export { notifications } from '@mantine/notifications'

/** The messages in the corner. */
export default function NoticeBoard() {
  return <Notifications position="bottom-right" limit={4} zIndex={400} />
}
