import { ThemeIcon } from '@mantine/core'
import {
  type Icon,
  IconBug,
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
  IconSparkles,
  IconTelescope,
} from '@tabler/icons-react'

const pictures: Record<string, Icon> = {
  bear: IconPaw,
  bee: IconBug,
  cat: IconCat,
  chart: IconChartBar,
  coin: IconCoin,
  compass: IconCompass,
  deer: IconDeer,
  dog: IconDog,
  fox: IconPaw,
  lion: IconPaw,
  owl: IconFeather,
  pen: IconPencil,
  penguin: IconFeather,
  rabbit: IconPaw,
  robot: IconRobot,
  shield: IconShield,
  telescope: IconTelescope,
  whale: IconFish,
}

type Props = { employee?: { avatar?: string; color?: string }; size?: number }

/** The picture of an AI employee. Its name stands beside it, so it says nothing by itself. */
export function EmployeeAvatar({ employee, size = 32 }: Props) {
  const Picture = pictures[employee?.avatar ?? ''] ?? IconSparkles
  return (
    <ThemeIcon size={size} radius="xl" variant="light" color={employee?.color || 'remit'} aria-hidden="true">
      <Picture size={Math.round(size * 0.56)} stroke={1.7} />
    </ThemeIcon>
  )
}
