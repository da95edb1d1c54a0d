/** Files that are imported as text (`with { type: 'text' }`): the same string from source and inside the executable. */
declare module '*.css' {
  const text: string
  export default text
}
declare module '*.svg' {
  const text: string
  export default text
}
declare module '*/live.js' {
  const text: string
  export default text
}
declare module '*/setup.js' {
  const text: string
  export default text
}
declare module 'htmx.org/dist/*' {
  const text: string
  export default text
}
