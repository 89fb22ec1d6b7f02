/** Labels of the built-in user attributes that a scope can release (IDP-SPEC 5.3). */
const builtIn: ReadonlySet<string> = new Set(
  'loginid email phone displayname givenname middlename familyname picture tenant roles permissions'.split(' '),
)

/** The form in which labels are compared: case, spaces and underscores do not count, so `displayName` is `display name`. */
export function attributeKey(label: string): string {
  return label.replaceAll(/[\s_]/g, '').toLowerCase()
}

/** True for a label of a built-in attribute; every other one names a custom attribute. */
export function isBuiltInAttribute(label: string): boolean {
  return builtIn.has(attributeKey(label))
}
