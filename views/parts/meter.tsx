import type { Amount } from '../words/index.ts'

interface Props {
  readonly amount: Amount
  /** What is measured, with its owner: "RAM of atlas in use". */
  readonly label: string
  /** From this share on the bar warns. */
  readonly highShare: number
}

/** "used of total unit" with a bar below it. */
export const AmountMeter = ({ amount: { used, total, unit, share }, label, highShare }: Props) => (
  <>
    <span>
      {used} <span class="quiet">{`of ${total}\u00a0${unit}`}</span>
    </span>
    <Bar share={share} label={label} highShare={highShare} text={`${used} of ${total} ${unit}`} />
  </>
)

/** A bar alone, for shares whose words stand elsewhere. */
export const Bar = ({ share, label, highShare, text }: { share: number; label: string; highShare: number; text: string }) => (
  <meter min={0} max={1} high={highShare} optimum={0} value={Number(share.toFixed(3))} aria-label={label}>
    {text}
  </meter>
)
