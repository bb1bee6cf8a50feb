import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  Input,
  InputWrapper,
  type MantineColorsTuple,
  Menu,
  Modal,
  NumberInput,
  PasswordInput,
  Radio,
  Select,
  Switch,
  TagsInput,
  Textarea,
  TextInput,
  Tooltip,
  type VariantColorsResolver,
} from '@mantine/core';

type Shades = MantineColorsTuple;

/** Every shade is the role itself: Mantine asks for ten, the look has one that both themes define. */
function role(name: string): Shades {
  return roles(name, name, name, name, name, name, name, name, name, name);
}

function roles(
  ...[a, b, c, d, e, f, g, h, i, j]: [
    ...[string, string, string, string, string],
    ...[string, string, string, string, string],
  ]
): Shades {
  return [inUse(a), inUse(b), inUse(c), inUse(d), inUse(e), inUse(f), inUse(g), inUse(h), inUse(i), inUse(j)];
}

function inUse(name: string): string {
  return `var(--${name})`;
}

const variantColorResolver: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  if (input.variant !== 'filled') return resolved;
  return { ...resolved, color: input.color === 'bad' ? 'var(--on-bad)' : 'var(--on-accent)' };
};

export const theme = createTheme({
  colors: {
    accent: role('accent'),
    ok: role('ok'),
    warn: role('warn'),
    bad: role('bad'),
    neutral: role('text-dim'),
    // Mantine's components take greys by number; these are the roles that stand in those places.
    gray: roles(
      'canvas',
      'canvas',
      'line',
      'line',
      'line-strong',
      'text-faint',
      'text-dim',
      'text-dim',
      'text',
      'text',
    ),
    dark: roles(
      'text',
      'text-dim',
      'text-dim',
      'text-faint',
      'line-strong',
      'line',
      'raised',
      'surface',
      'canvas',
      'canvas',
    ),
  },
  primaryColor: 'accent',
  variantColorResolver,
  fontFamily: '"Inter Variable", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", ui-monospace, monospace',
  fontSizes: { xs: '12px', sm: '13px', md: '13px', lg: '15px', xl: '18px' },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.45', lg: '1.45', xl: '1.4' },
  radius: { xs: '4px', sm: '6px', md: '8px', lg: '10px', xl: '12px' },
  spacing: { xs: '4px', sm: '8px', md: '12px', lg: '16px', xl: '24px' },
  shadows: {
    xs: 'none',
    sm: 'none',
    md: 'var(--float-shadow)',
    lg: 'var(--float-shadow)',
    xl: 'var(--float-shadow)',
  },
  defaultRadius: 'sm',
  headings: { fontWeight: '600' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'neutral', size: 30 } }),
    Badge: Badge.extend({ defaultProps: { variant: 'light' } }),
    Button: Button.extend({
      defaultProps: { size: 'xs', variant: 'default' },
      vars: () => ({ root: { '--button-fz': '13px', '--button-padding-x': '10px' } }),
      styles: { label: { fontWeight: 500 } },
    }),
    Checkbox: Checkbox.extend({ defaultProps: { size: 'xs' } }),
    Input: Input.extend({
      defaultProps: { size: 'xs' },
      vars: () => ({ wrapper: { '--input-fz': '13px' } }),
    }),
    InputWrapper: InputWrapper.extend({
      defaultProps: { size: 'xs' },
      styles: { label: { marginBottom: 4, fontWeight: 500 } },
      vars: () => inputWrapperVars,
    }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md', position: 'bottom-end' } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, shadow: 'md', transitionProps: { duration: 120, transition: 'fade' } },
    }),
    NumberInput: NumberInput.extend({ defaultProps: { size: 'xs' } }),
    PasswordInput: PasswordInput.extend({ defaultProps: { size: 'xs' } }),
    Radio: Radio.extend({ defaultProps: { size: 'xs' } }),
    Select: Select.extend({ defaultProps: { size: 'xs', checkIconPosition: 'right' } }),
    Switch: Switch.extend({ defaultProps: { size: 'xs' } }),
    TagsInput: TagsInput.extend({ defaultProps: { size: 'sm' } }),
    Textarea: Textarea.extend({ defaultProps: { size: 'xs' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'xs' } }),
    Tooltip: Tooltip.extend({
      defaultProps: { openDelay: 300, transitionProps: { duration: 100 }, multiline: true, maw: 320 },
    }),
  },
});

const inputWrapperVars = {
  label: { '--input-label-size': '13px', '--input-asterisk-color': 'var(--bad)' },
  error: { '--input-error-size': '12px' },
  description: { '--input-description-size': '12px' },
  success: {},
};

/** Gives Mantine's own variables the roles' values; both schemes alike, since the roles change with the scheme. */
export const cssVariablesResolver: CSSVariablesResolver = () => {
  const roles = {
    '--mantine-primary-color-contrast': 'var(--on-accent)',
    '--mantine-color-bright': 'var(--text)',
    '--mantine-color-text': 'var(--text)',
    '--mantine-color-body': 'var(--surface)',
    '--mantine-color-error': 'var(--bad)',
    '--mantine-color-success': 'var(--ok)',
    '--mantine-color-placeholder': 'var(--text-faint)',
    '--mantine-color-anchor': 'var(--accent)',
    '--mantine-color-default': 'var(--raised)',
    '--mantine-color-default-hover': 'var(--canvas)',
    '--mantine-color-default-color': 'var(--text)',
    '--mantine-color-default-border': 'var(--line-strong)',
    '--mantine-color-dimmed': 'var(--text-dim)',
    '--mantine-color-disabled': 'var(--canvas)',
    '--mantine-color-disabled-color': 'var(--text-faint)',
    '--mantine-color-disabled-border': 'var(--line)',
    ...colourRoles('accent', 'accent-strong'),
    ...colourRoles('ok', 'ok'),
    ...colourRoles('warn', 'warn'),
    ...colourRoles('bad', 'bad-strong'),
    ...greyRoles('neutral'),
    ...greyRoles('gray'),
  };
  return { variables: {}, light: roles, dark: roles };
};

function colourRoles(name: string, strong: string): Record<string, string> {
  const prefix = `--mantine-color-${name}`;
  return {
    [`${prefix}-filled`]: `var(--${name})`,
    [`${prefix}-filled-hover`]: `var(--${strong})`,
    [`${prefix}-light`]: `var(--${name}-soft)`,
    [`${prefix}-light-hover`]: `var(--${name}-soft)`,
    [`${prefix}-light-color`]: `var(--${name})`,
    [`${prefix}-outline`]: `var(--${name})`,
    [`${prefix}-outline-hover`]: `var(--${name}-soft)`,
    [`${prefix}-text`]: `var(--${name})`,
  };
}

function greyRoles(name: string): Record<string, string> {
  const prefix = `--mantine-color-${name}`;
  return {
    [`${prefix}-filled`]: 'var(--text-dim)',
    [`${prefix}-filled-hover`]: 'var(--text)',
    [`${prefix}-light`]: 'var(--canvas)',
    [`${prefix}-light-hover`]: 'var(--canvas)',
    [`${prefix}-light-color`]: 'var(--text-dim)',
    [`${prefix}-outline`]: 'var(--line-strong)',
    [`${prefix}-outline-hover`]: 'var(--canvas)',
    [`${prefix}-text`]: 'var(--text-dim)',
  };
}
