import type { RouterOutputs } from '@tulle/api/router-types';
import { obstacleTo, type Role, roles } from '@tulle/mesh/people';
import { BlockableButton } from '@/ui/blockable-button';
import type { Column } from '@/ui/data-table/column';
import { StatusTag } from '@/ui/status-tag';
import { RelativeTime } from '@/ui/time';
import classes from './people.module.css';
import { RoleSelect } from './role-select';

export type PersonRow = RouterOutputs['people']['list'][number];

export interface PersonActions {
  readonly admins: number;
  onRole(person: PersonRow, role: Role): void;
  onLink(person: PersonRow): void;
  onRemove(person: PersonRow): void;
}

/** `actions` for administrators; without them there is nothing to press. */
export function personColumns(
  ownId: string | undefined,
  actions?: PersonActions,
): readonly Column<PersonRow>[] {
  const columns: Column<PersonRow>[] = [
    {
      key: 'name',
      header: 'Name',
      cell: (person) => (
        <span className={classes.names}>
          <span>{person.name}</span>
          {person.id === ownId && <span className={classes.dim}>you</span>}
        </span>
      ),
      width: 'minmax(120px, 1.2fr)',
      sortBy: ({ name }) => name,
      narrow: 'title',
    },
    {
      key: 'email',
      header: 'Email',
      cell: ({ email, state }) =>
        state === 'operator' ? <span className={classes.dim}>command line of the server</span> : email,
      width: 'minmax(140px, 1.6fr)',
      sortBy: ({ email }) => email,
    },
    {
      key: 'role',
      header: 'Role',
      cell: (person) =>
        actions === undefined || person.state === 'operator' ? (
          person.role
        ) : obstacleTo({ role: 'viewer' }, person, actions.admins) !== undefined ? (
          <span className={classes.dim}>admin, the last</span>
        ) : (
          <RoleSelect
            aria-label={`Role of ${person.name}`}
            className={classes.role ?? ''}
            value={person.role}
            onChange={(role) => {
              if (role !== person.role) actions.onRole(person, role);
            }}
          />
        ),
      width: '128px',
      sortBy: ({ role }) => roles.indexOf(role),
      interactive: actions !== undefined,
    },
    {
      key: 'seen',
      header: 'Last seen',
      cell: (person) => <Seen person={person} />,
      width: '150px',
      sortBy: ({ lastSeenAt }) => lastSeenAt,
      sortFirst: 'descending',
    },
  ];
  return actions === undefined ? columns : [...columns, actionColumn(actions)];
}

function Seen({ person: { state, lastSeenAt, linkExpiresAt } }: { person: PersonRow }) {
  if (state === 'invited')
    return linkExpiresAt === null ? (
      <StatusTag tone="warn">invitation expired</StatusTag>
    ) : (
      <StatusTag tone="accent">invited</StatusTag>
    );
  return <span className={classes.dim}>{lastSeenAt === null ? '–' : <RelativeTime at={lastSeenAt} />}</span>;
}

function actionColumn({ admins, onLink, onRemove }: PersonActions): Column<PersonRow> {
  return {
    key: 'actions',
    header: 'Actions',
    headerHidden: true,
    cell: (person) =>
      person.state !== 'operator' && (
        <span className={classes.actions}>
          <BlockableButton
            variant="subtle"
            color="neutral"
            size="compact-xs"
            blocked={obstacleTo('password link', person, admins) ?? null}
            aria-label={`New link for ${person.name}`}
            onClick={() => onLink(person)}
          >
            New link…
          </BlockableButton>
          <BlockableButton
            variant="subtle"
            color="neutral"
            size="compact-xs"
            blocked={obstacleTo('remove', person, admins) ?? null}
            aria-label={`Remove ${person.name}`}
            onClick={() => onRemove(person)}
          >
            Remove…
          </BlockableButton>
        </span>
      ),
    width: '164px',
    align: 'right',
    interactive: true,
    narrow: 'aside',
  };
}
