//! Where a daemon's state and socket are: a pure function of the configuration and the environment, so that every
//! command finds the daemon that serves its configuration.

use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::model::FeedId;
use crate::web::SOCKET_NAME;

/// The configuration of the system's service.
pub const SYSTEM_CONFIG: &str = "/etc/newswatch/newswatch.toml";
/// Where systemd puts the state of that service …
const SYSTEM_STATE: &str = "/var/lib/newswatch";
/// … and its socket.
const SYSTEM_RUNTIME: &str = "/run/newswatch";

/// The place of one configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Where the store lies.
    pub state_dir: PathBuf,
    /// `$RUNTIME_DIRECTORY`, where it is set.
    runtime_dir: Option<PathBuf>,
    /// Whether this is the system's service, seen from without.
    system: bool,
}

impl Place {
    /// State lies in `$STATE_DIRECTORY`, else where the configuration says, else (for the system's configuration) where
    /// its service keeps it, else in the user's XDG state directory, apart for each configuration.
    pub fn of(config_path: &Path, config: &Config, var: impl Fn(&str) -> Option<String>) -> Self {
        // systemd gives a list, the first of which is ours.
        let first = |name: &str| {
            let list = var(name)?;
            list.split(':').next().filter(|dir| !dir.is_empty()).map(PathBuf::from)
        };
        let system = config_path == Path::new(SYSTEM_CONFIG);
        let state_dir = first("STATE_DIRECTORY")
            .or_else(|| config.state_dir.clone())
            .or_else(|| system.then(|| PathBuf::from(SYSTEM_STATE)))
            .unwrap_or_else(|| users_state(config_path, &var));
        Self { state_dir, runtime_dir: first("RUNTIME_DIRECTORY"), system }
    }

    /// Where the daemon puts its socket.
    pub fn socket_dir(&self) -> PathBuf {
        self.runtime_dir.clone().unwrap_or_else(|| self.state_dir.clone())
    }

    /// Where a command looks for the daemon's socket, in this order.
    pub fn sockets(&self) -> Vec<PathBuf> {
        let system = self.system.then(|| PathBuf::from(SYSTEM_RUNTIME));
        let dirs = self.runtime_dir.clone().into_iter().chain(system).chain([self.state_dir.clone()]);
        dirs.map(|dir| dir.join(SOCKET_NAME)).collect()
    }
}

fn users_state(config_path: &Path, var: impl Fn(&str) -> Option<String>) -> PathBuf {
    let set = |name: &str| var(name).filter(|dir| dir.starts_with('/')).map(PathBuf::from);
    let home = || set("HOME").unwrap_or_else(|| PathBuf::from("/")).join(".local/state");
    let stem = config_path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    // The hash tells two configurations of one name apart.
    let hash = FeedId::new(&config_path.to_string_lossy()).to_string();
    set("XDG_STATE_HOME").unwrap_or_else(home).join("newswatch").join(format!("{stem}-{}", &hash[..8]))
}
