const key = 'iod-theme'

/** Follows the system until the reader chooses; the choice is kept in this browser. */
export function followTheme(button: Element | null): void {
  const system = matchMedia('(prefers-color-scheme: dark)')
  const isDark = () => (localStorage.getItem(key) ?? (system.matches ? 'dark' : 'light')) === 'dark'
  const show = () => void document.documentElement.classList.toggle('dark-mode', isDark())
  system.addEventListener('change', show)
  button?.addEventListener('click', () => {
    localStorage.setItem(key, isDark() ? 'light' : 'dark')
    show()
  })
  show()
}
