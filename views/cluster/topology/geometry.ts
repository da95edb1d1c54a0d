import type { Box, Label, Spot } from './types.ts'

export const radians = (degrees: number): number => (degrees * Math.PI) / 180
/** One decimal is a tenth of a pixel: enough, and the same text on every node. */
export const tenth = (value: number): number => (Math.round(value * 10) || 0) / 10

/** A point at `degrees` clockwise from the right, `radius` from the origin. */
export const polar = (radius: number, degrees: number): readonly [number, number] => [
  tenth(radius * Math.cos(radians(degrees))),
  tenth(radius * Math.sin(radians(degrees))),
]

/** Path of a hexagon standing on a corner: the leader. */
export const hexagon = (x: number, y: number, radius: number): string => {
  const corners = [0, 1, 2, 3, 4, 5].map((corner) => {
    const [dx, dy] = polar(radius, 60 * corner - 90)
    return `${tenth(x + dx)},${tenth(y + dy)}`
  })
  return `M${corners.join('L')}z`
}

export const discRadius = 15
export const nameSize = 12
export const rttSize = 10.5

/** A generous estimate: the widest faces of the font stack take 0.6 of their size per letter. */
export const textWidth = (text: string, size: number): number => [...text].length * size * 0.6

/** Long text keeps its beginning and its end, because machines in one rack often differ only there. */
export const shortened = (text: string, lettersMax: number): string => {
  const letters = [...text]
  if (letters.length <= lettersMax) return text
  const end = Math.floor((lettersMax - 1) / 2)
  return `${letters.slice(0, lettersMax - 1 - end).join('')}…${end > 0 ? letters.slice(-end).join('') : ''}`
}

export const labelBox = (label: Label, size: number): Box => {
  const width = textWidth(label.text, size)
  const left = label.anchor === 'middle' ? label.x - width / 2 : label.anchor === 'end' ? label.x - width : label.x
  return { left, right: left + width, top: label.y - size * 0.8, bottom: label.y + size * 0.25 }
}

export const discBox = (spot: Spot): Box => ({
  left: spot.x - discRadius,
  right: spot.x + discRadius,
  top: spot.y - discRadius,
  bottom: spot.y + discRadius,
})

/** The area two boxes share; 0 when they are apart. */
export const overlap = (one: Box, other: Box): number =>
  Math.max(0, Math.min(one.right, other.right) - Math.max(one.left, other.left)) *
  Math.max(0, Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top))

/** The smallest box around all of them, grown by `margin`, on whole units. */
export const around = (boxes: readonly Box[], margin: number): Box => ({
  left: Math.floor(Math.min(...boxes.map((box) => box.left)) - margin),
  top: Math.floor(Math.min(...boxes.map((box) => box.top)) - margin),
  right: Math.ceil(Math.max(...boxes.map((box) => box.right)) + margin),
  bottom: Math.ceil(Math.max(...boxes.map((box) => box.bottom)) + margin),
})
