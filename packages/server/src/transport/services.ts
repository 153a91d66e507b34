import type { Access } from "../modules/access/access.ts";
import type { EntityService } from "../modules/entities/entity-service.ts";
import type { ProjectService } from "../modules/projects/project-service.ts";
import type { UserService } from "../modules/users/user-service.ts";

/** The services that resolvers and routes may call, one a noun. */
export interface Services {
  readonly access: Access;
  readonly entities: EntityService;
  readonly projects: ProjectService;
  readonly users: UserService;
}
