/** SQL is imported as text (`with { type: 'text' }`): the same string from source and inside the executable. */
declare module '*.sql' {
  const text: string
  export default text
}
