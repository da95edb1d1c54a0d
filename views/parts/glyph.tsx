/** The drawings behind every symbol; put once into a page, used by `Glyph`. */
export const Sprite = () => (
  <svg class="sprite" aria-hidden="true" focusable="false">
    <symbol id="s-edit" viewBox="0 0 16 16">
      <path class="pen" d="m3 13 .7-3.2L10.8 2.7l2.5 2.5-7.1 7.1z" />
    </symbol>
    <symbol id="s-half" viewBox="0 0 16 16">
      <circle class="pen" cx="8" cy="8" r="6.2" />
      <path d="M8 2.5a5.5 5.5 0 0 0 0 11z" />
    </symbol>
    <symbol id="s-info" viewBox="0 0 16 16">
      <circle class="pen" cx="8" cy="8" r="6.2" />
      <path class="pen" d="M8 7.6v3.6M8 4.9V5" />
    </symbol>
    <symbol id="s-key" viewBox="0 0 16 16">
      <circle class="pen" cx="5" cy="8" r="3.2" />
      <path class="pen" d="M8.2 8H15m-2.4 0v2.6M10.4 8v1.8" />
    </symbol>
    <symbol id="s-lead" viewBox="0 0 16 16">
      <path d="M8 1.2 14 4.6v6.8l-6 3.4-6-3.4V4.6z" />
    </symbol>
    <symbol id="s-ok" viewBox="0 0 16 16">
      <circle cx="8" cy="8" r="7" />
      <path class="cut" d="m4.9 8.3 2.2 2.2 4-4.6" />
    </symbol>
    <symbol id="s-ring" viewBox="0 0 16 16">
      <circle class="pen" cx="8" cy="8" r="6.2" />
    </symbol>
    <symbol id="s-run" viewBox="0 0 16 16">
      <path class="pen" d="M14.2 8A6.2 6.2 0 1 1 8 1.8" />
    </symbol>
    <symbol id="s-to" viewBox="0 0 16 16">
      <path class="pen" d="M2 8h11.4M9.4 4l4 4-4 4" />
    </symbol>
    <symbol id="s-x" viewBox="0 0 16 16">
      <path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" />
      <path class="cut" d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8" />
    </symbol>
  </svg>
)

export type SymbolName = 'edit' | 'half' | 'info' | 'key' | 'lead' | 'ok' | 'ring' | 'run' | 'to' | 'x'

/** Colour of a state, always together with a symbol and a word. */
export type Tone = 'ok' | 'info' | 'warn' | 'bad' | 'off'

/** A symbol in the colour of its surroundings; what is under way turns slowly. */
export const Glyph = ({ name }: { name: SymbolName }) => (
  <svg class={name === 'run' ? 'i turn' : 'i'} viewBox="0 0 16 16" aria-hidden="true">
    <use href={`#s-${name}`} />
  </svg>
)
