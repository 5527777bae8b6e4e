import { Avatar } from '@mantine/core'
import {
  type Icon,
  IconCat,
  IconChartBar,
  IconCoin,
  IconCompass,
  IconDeer,
  IconDog,
  IconFeather,
  IconFish,
  IconPaw,
  IconPencil,
  IconRobot,
  IconShield,
  IconTelescope,
} from '@tabler/icons-react'
import type { Employee } from './types'

/** The built-in pictures; animals that have no icon of their own share one. */
const icons: Record<string, Icon> = {
  cat: IconCat,
  chart: IconChartBar,
  coin: IconCoin,
  compass: IconCompass,
  deer: IconDeer,
  dog: IconDog,
  owl: IconFeather,
  pen: IconPencil,
  robot: IconRobot,
  shield: IconShield,
  telescope: IconTelescope,
  whale: IconFish,
}

type Props = { employee: Pick<Employee, 'avatar' | 'color' | 'title'>; size?: number }

/** The picture of an AI employee, beside its name. */
export function EmployeeAvatar({ employee, size = 34 }: Props) {
  const Shown = (employee.avatar && (icons[employee.avatar] ?? IconPaw)) || IconRobot
  return (
    <Avatar size={size} radius="xl" color={employee.color || 'gray'} variant="light" aria-hidden>
      <Shown size={size * 0.56} stroke={1.7} />
    </Avatar>
  )
}
