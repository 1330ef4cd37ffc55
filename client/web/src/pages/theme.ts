// The theme follows the system until its switch says otherwise, on this device. The style sheet knows it by an attribute.

const KEY = 'coscribe.theme';
const system = matchMedia('(prefers-color-scheme: dark)');

export function isDark(): boolean {
  return document.documentElement.dataset.theme === 'dark';
}

export function switchTheme(): void {
  const next = isDark() ? 'light' : 'dark';
  apply(next);
  try {
    localStorage.setItem(KEY, next);
  } catch {
    // Storage is full or forbidden: the choice lasts as long as the page.
  }
}

// followTheme sets the theme; changed is called when the system changes its own.
export function followTheme(changed: () => void): void {
  apply(chosen() ?? (system.matches ? 'dark' : 'light'));
  system.addEventListener('change', () => {
    if (!chosen()) apply(system.matches ? 'dark' : 'light');
    changed();
  });
}

function apply(theme: string): void {
  document.documentElement.dataset.theme = theme;
}

function chosen(): string | null {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'light' || theme === 'dark' ? theme : null;
  } catch {
    return null;
  }
}
