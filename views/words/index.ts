export { agrees, counted, fixed, grouped, listed, listedAsChoice, listedBriefly } from './count.ts'
export { cardName, cardNames, hardware, processorName } from './hardware.ts'
export { type Amount, diskAmount, diskSize, memoryAmount, memorySize, percent } from './size.ts'
export { exactMoment, lag, moment, span, stamp } from './time.ts'
