export { draw, ringMax } from './draw.ts'
export { hexagon, labelBox, rttSize } from './geometry.ts'
export { milliseconds } from './lines.ts'
export type { Drawing, Label, Line, Mapped, RoundTrip, Spot, ZoneMark } from './types.ts'
